"""Full text of the search: FTS5 on SQLite, a generated tsvector with a GIN index on PostgreSQL.

Both engines index words that are stored without accents, so neither needs an extension for them.
"""

from sqlalchemy import inspect
from sqlalchemy.engine import Connection

TABLE = "search_document"
SQLITE = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS search_index USING fts5(title, body, content='search_document', "
    "content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3 4')",
    "CREATE TRIGGER IF NOT EXISTS search_document_added AFTER INSERT ON search_document BEGIN "
    "INSERT INTO search_index(rowid, title, body) VALUES (new.id, new.title, new.body); END",
    "CREATE TRIGGER IF NOT EXISTS search_document_gone AFTER DELETE ON search_document BEGIN "
    "INSERT INTO search_index(search_index, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); END",
    "CREATE TRIGGER IF NOT EXISTS search_document_changed AFTER UPDATE ON search_document BEGIN "
    "INSERT INTO search_index(search_index, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); "
    "INSERT INTO search_index(rowid, title, body) VALUES (new.id, new.title, new.body); END",
)
POSTGRESQL = (
    "ALTER TABLE search_document ADD COLUMN IF NOT EXISTS search_words tsvector GENERATED ALWAYS AS ("
    "setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', body), 'D')) STORED",
    "CREATE INDEX IF NOT EXISTS search_words_index ON search_document USING gin (search_words)",
)


def ensure_search(connection: Connection) -> None:
    """Puts the full text in place, where the table is."""
    if not inspect(connection).has_table(TABLE):
        return
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        connection.exec_driver_sql(statement)
