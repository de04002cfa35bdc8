-- Answers as they were sent: body is the response, byte for byte. The other columns repeat what
-- queries select by; nothing reads an answer back from them.
CREATE TABLE answers (
  id       TEXT PRIMARY KEY,
  created  TEXT NOT NULL,
  question TEXT NOT NULL,
  lang     TEXT NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('public', 'internal')),
  decision TEXT NOT NULL,
  corpus   TEXT NOT NULL,
  body     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX answers_created ON answers (created, id);

-- Answers that wait for a person. item is review.Item as JSON.
CREATE TABLE reviews (
  id        TEXT PRIMARY KEY,
  answer_id TEXT NOT NULL UNIQUE REFERENCES answers (id) ON DELETE CASCADE,
  state     TEXT NOT NULL,
  created   TEXT NOT NULL,
  item      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX reviews_state ON reviews (state, created, id);

-- What readers say about answers; only ever appended to.
CREATE TABLE feedback (
  id        INTEGER PRIMARY KEY,
  answer_id TEXT NOT NULL REFERENCES answers (id) ON DELETE CASCADE,
  created   TEXT NOT NULL,
  thumbs    INTEGER NOT NULL CHECK (thumbs IN (0, 1)),
  tags      TEXT NOT NULL,
  notes     TEXT NOT NULL
) STRICT;

CREATE INDEX feedback_answer ON feedback (answer_id);
