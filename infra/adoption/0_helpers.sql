create function pg_temp.list_of(given jsonb) returns jsonb language sql immutable as $$
    select case when jsonb_typeof(given) = 'array' then given else '[]' end $$;

create function pg_temp.day_of(moment timestamptz) returns date language sql immutable as $$
    select (moment at time zone 'Asia/Jakarta')::date $$;

-- Paths that only the old server answered lead nowhere.
create function pg_temp.link_of(given text) returns text language sql immutable as $$
    select case when given ~* '^https?://' then given end $$;

-- The names of what was chosen by name or by number.
create function pg_temp.genres_of(given jsonb) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(coalesce(g.name, chosen.said) order by chosen.place) filter (where chosen.said <> ''), '[]')
    from jsonb_array_elements_text(pg_temp.list_of(given)) with ordinality chosen(said, place) left join genres g on g.id::text = chosen.said $$;

-- The id that a notification's data give for a key; they are a text of no certain form.
create function pg_temp.named_in(given text, key text) returns bigint language sql immutable as $$
    select substring(given, '"' || key || '": ?"?([0-9]{1,18})')::bigint $$;

-- Balloons were "Name: words" or {"Name": "words"}.
create function pg_temp.dialogues_of(given jsonb) returns jsonb language sql immutable as $$
    select coalesce(jsonb_agg(jsonb_build_object('speaker', left(coalesce(nullif(trim(speaker), ''), '?'), 100), 'text', trim(words)) order by place)
        filter (where trim(words) <> ''), '[]')
    from jsonb_array_elements(pg_temp.list_of(given)) with ordinality line(item, place)
    cross join lateral (
        select case when item #>> '{}' ~ '^[^:]{1,100}:' then split_part(item #>> '{}', ':', 1) else '?' end as speaker,
               case when item #>> '{}' ~ '^[^:]{1,100}:' then substr(item #>> '{}', strpos(item #>> '{}', ':') + 1) else item #>> '{}' end as words
        where jsonb_typeof(item) = 'string'
        union all select item ->> 'speaker', item ->> 'text' where jsonb_typeof(item) = 'object' and item ? 'speaker' and item ? 'text'
        union all select each.key, each.value from jsonb_each_text(case when jsonb_typeof(item) = 'object' then item else '{}' end) each
                  where not (item ? 'speaker' and item ? 'text')
    ) said $$;
