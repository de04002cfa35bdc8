package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"cited/internal/answer"
	"cited/internal/kb"
	"cited/internal/review"
)

// Record keeps an answer as it will be sent, and opens a review for one that is in review: both
// or neither. It implements answer.Recorder. What is set on the answer after Record, but for the
// review's id, is not in what Answer returns.
func (s *Store) Record(ctx context.Context, a answer.Answer) (string, error) {
	reviewID := ""
	if a.Decision == answer.InReview {
		reviewID = s.newID()
		a.ReviewID = &reviewID
	}
	body, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("store: record answer %s: %w", a.ID, err)
	}
	err = inTx(ctx, s.write, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO answers
			(id, created, question, lang, audience, decision, corpus, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			a.ID, stamp(a.Created), a.Question, a.Lang, audience(a.Audience), string(a.Decision), a.Corpus, body)
		if err != nil || reviewID == "" {
			return err
		}
		return openReview(ctx, tx, review.New(reviewID, a))
	})
	if err != nil {
		return "", fmt.Errorf("store: record answer %s: %w", a.ID, explain(err))
	}
	return reviewID, nil
}

func openReview(ctx context.Context, tx *sql.Tx, item review.Item) error {
	text, err := json.Marshal(item)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO reviews (id, answer_id, state, created, item) VALUES (?, ?, ?, ?, ?)`,
		item.ID, item.AnswerID, string(item.State), stamp(item.Created), string(text))
	return err
}

// audience is the stored form: whatever is not internal is public, as kb.Audience reads it.
func audience(a kb.Audience) string {
	if a == kb.Internal {
		return string(kb.Internal)
	}
	return string(kb.Public)
}

// Answer returns the JSON of a recorded answer, the bytes of the first response. It returns
// review.ErrNotFound when there is none that the reader may see.
func (s *Store) Answer(ctx context.Context, id string, reader kb.Audience) ([]byte, error) {
	var body []byte
	var of string
	err := s.read.QueryRowContext(ctx, `SELECT body, audience FROM answers WHERE id = ?`, id).Scan(&body, &of)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !reader.Covers(kb.Audience(of)) {
		return nil, fmt.Errorf("store: answer %q: %w", id, review.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("store: answer %q: %w", id, explain(err))
	}
	return body, nil
}

// Feedback adds what a reader says about an answer. It returns review.ErrNotFound when there is
// no such answer that the reader may see, a *review.FeedbackError when the feedback is faulty.
func (s *Store) Feedback(ctx context.Context, answerID string, reader kb.Audience, f review.Feedback) error {
	if err := f.Validate(); err != nil {
		return fmt.Errorf("store: feedback on %q: %w", answerID, err)
	}
	if f.Tags == nil {
		f.Tags = []string{}
	}
	tags, err := json.Marshal(f.Tags)
	if err != nil {
		return fmt.Errorf("store: feedback on %q: %w", answerID, err)
	}
	err = inTx(ctx, s.write, func(tx *sql.Tx) error {
		var of string
		err := tx.QueryRowContext(ctx, `SELECT audience FROM answers WHERE id = ?`, answerID).Scan(&of)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !reader.Covers(kb.Audience(of)) {
			return review.ErrNotFound
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO feedback (answer_id, created, thumbs, tags, notes) VALUES (?, ?, ?, ?, ?)`,
			answerID, stamp(s.now()), f.Thumbs, string(tags), f.Notes)
		return err
	})
	if err != nil {
		return fmt.Errorf("store: feedback on %q: %w", answerID, explain(err))
	}
	return nil
}
