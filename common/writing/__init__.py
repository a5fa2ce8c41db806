"""The writers: each module with a `write` turns a `Story` into a `Script`; the setting WRITER names one."""
