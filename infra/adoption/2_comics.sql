-- The catalogue stays as it is: comics and the app know its ids.
insert into styles (id, name, description, image_url, prompt_modifier, created_at, updated_at) overriding system value
select id, name, description, image_url, prompt_modifier, created_at, updated_at from legacy.styles;

insert into genres (id, name, description, created_at, updated_at) overriding system value
select id, name, description, created_at, updated_at from legacy.genres;

-- Names were not unique.
insert into characters (id, name, image_url, description_prompt, created_at, updated_at) overriding system value
select id, case when row_number() over (partition by name order by id) = 1 then name else name || ' ' || id end,
    image_url, description_prompt, created_at, updated_at from legacy.characters;

insert into backgrounds (id, name, image_url, description_prompt, created_at, updated_at) overriding system value
select id, case when row_number() over (partition by name order by id) = 1 then name else name || ' ' || id end,
    image_url, description_prompt, created_at, updated_at from legacy.backgrounds;

-- Published is what its owner had published and what has a title and a cover. Styles and genres were stored by name and, later,
-- by number. The old backend kept no time of publishing, and each look at a comic moved updated_at. What a job was working on
-- failed when the old backend was switched off; a finished one has all its pictures.
insert into comics (id, user_id, story_idea, summary, theme, keywords, style_id, style, mood, page_count, selected_character_key,
    selected_characters, selected_backgrounds, title, publisher, genre, synopsis, tags, cover_url, preview_video_url, pdf_url,
    narration_audio_url, draft_job_id, draft_job_status, layout, total_views, total_shares, published_at, created_at, updated_at)
overriding system value
select c.id, c.user_id, c.story_idea, c.summary, c.theme, nullif(c.keywords::jsonb, 'null'), s.id, coalesce(s.name, c.style), c.mood,
    case when c.page_count between 1 and 25 then c.page_count end, c.selected_character_key,
    case when c.selected_character_key ~ '^[0-9]{1,9}$' then jsonb_build_array(c.selected_character_key::int) else '[]' end,
    pg_temp.list_of(c.selected_backgrounds::jsonb), coalesce(nullif(c.title, ''), left(c.story_idea, 100), 'Tanpa judul'), c.publisher,
    pg_temp.genres_of(c.genre::jsonb), c.synopsis, c.tags, nullif(c.cover_url, ''), pg_temp.link_of(c.preview_video_url),
    pg_temp.link_of(c.pdf_url), pg_temp.link_of(c.narration_audio_url), c.draft_job_id,
    case when p.panels > 0 and p.drawn = p.panels then 'COMPLETED'
         when upper(c.draft_job_status) in ('RENDERING', 'PROCESSING', 'QUEUED', 'RENDER_FAILED', 'FAILED', 'COMPLETED') and p.panels > 0 then 'RENDER_FAILED'
         when p.panels > 0 then 'SCRIPT_READY'
         else 'SCRIPT_FAILED' end,
    case when c.layout in ('portrait', 'square', 'landscape') then c.layout else 'portrait' end, greatest(c.total_views, 0), greatest(c.total_shares, 0),
    case when c.status and c.title <> '' and c.cover_url <> '' then c.created_at end, c.created_at, c.updated_at
from legacy.comics c
left join lateral (select id, name from styles where lower(name) = lower(c.style) or id::text = c.style
                   order by name = c.style desc, id::text = c.style, id limit 1) s on true
cross join lateral (select count(*) as panels, count(nullif(image_url, '')) as drawn from legacy.comic_panels where comic_id = c.id) p;

insert into comic_panels (id, comic_id, page_number, panel_number, image_url, description, page_description, page_narration, dialogues,
    main_characters_on_page, instruksi_visual, instruksi_render_teks, narration, narration_audio_url, audio_duration, created_at, updated_at)
overriding system value
select id, comic_id, page, row_number() over (partition by comic_id, page order by panel_number, id), nullif(image_url, ''), description,
    page_description, page_narration, pg_temp.dialogues_of(dialogues::jsonb), main_characters_on_page::jsonb, instruksi_visual::jsonb,
    instruksi_render_teks::jsonb, narration, pg_temp.link_of(narration_audio_url), audio_duration, created_at, updated_at
from (select *, greatest(page_number, 1) as page from legacy.comic_panels) p;

insert into comic_panel_ideas (id, comic_id, page_number, panel_number, description, narration, created_at, updated_at)
overriding system value
select id, comic_id, page, row_number() over (partition by comic_id, page order by panel_number, id), description, narration, created_at, updated_at
from (select *, greatest(page_number, 1) as page from legacy.comic_panel_ideas) p;
