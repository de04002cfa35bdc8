package server

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"cited/internal/answer"
	"cited/internal/kb"
	"cited/internal/retrieve"
	"cited/internal/review"
)

// reader is the audience of every caller: keys, which show more, are not there yet.
const reader = kb.Public

// maxConversationID is the longest conversation id that is taken, in bytes.
const maxConversationID = 128

// askRequest is the body of POST /v1/answers.
type askRequest struct {
	Question       string `json:"question"`
	Lang           string `json:"lang,omitempty"`
	ConversationID string `json:"conversation_id,omitempty"`
	Option         string `json:"option,omitempty"`
	Stream         bool   `json:"stream,omitempty"`
}

// question checks the request and makes of it what Asker takes. What is wrong with the text
// itself is for Asker to say.
func (r askRequest) question() (answer.Question, error) {
	lang, err := primaryLang(r.Lang)
	if err != nil {
		return answer.Question{}, err
	}
	if len(r.ConversationID) > maxConversationID {
		return answer.Question{}, invalid("conversation_id", fmt.Sprintf("conversation_id is longer than %d bytes", maxConversationID))
	}
	if r.Option != "" {
		return answer.Question{}, invalid("option", "option belongs to an answer that asked back, and there is none")
	}
	return answer.Question{Text: r.Question, Lang: lang, Audience: reader, ConversationID: r.ConversationID}, nil
}

// ask is POST /v1/answers.
func (s *Server) ask(c echo.Context) error {
	var req askRequest
	if err := s.bind(c, &req); err != nil {
		return err
	}
	q, err := req.question()
	if err != nil {
		return err
	}
	if req.Stream || accepts(c.Request(), eventType) {
		return s.stream(c, q)
	}
	a, err := s.Asker.Ask(c.Request().Context(), q)
	if err != nil {
		return fmt.Errorf("server: ask: %w", err)
	}
	return s.writeJSON(c, http.StatusOK, a)
}

// answer is GET /v1/answers/{id}.
func (s *Server) answer(c echo.Context) error {
	body, err := s.Answers.Answer(c.Request().Context(), c.Param("id"), reader)
	if err != nil {
		return fmt.Errorf("server: answer: %w", err)
	}
	return c.Blob(http.StatusOK, jsonType, append(body, '\n'))
}

// feedbackRequest is the body of POST /v1/answers/{id}/feedback.
type feedbackRequest struct {
	Thumbs *int     `json:"thumbs"`
	Tags   []string `json:"tags,omitempty"`
	Notes  string   `json:"notes,omitempty"`
}

// feedbackResponse says that feedback was kept.
type feedbackResponse struct {
	Object   string `json:"object"` // always "feedback"
	AnswerID string `json:"answer_id"`
}

// feedback is POST /v1/answers/{id}/feedback.
func (s *Server) feedback(c echo.Context) error {
	var req feedbackRequest
	if err := s.bind(c, &req); err != nil {
		return err
	}
	if req.Thumbs == nil {
		return invalid("thumbs", "thumbs is missing: 1 (up) or 0 (down)")
	}
	f := review.Feedback{Thumbs: *req.Thumbs, Tags: req.Tags, Notes: req.Notes}
	err := s.Answers.Feedback(c.Request().Context(), c.Param("id"), reader, f)
	var fe *review.FeedbackError
	if errors.As(err, &fe) {
		return invalid(fe.Field, fe.Error())
	}
	if err != nil {
		return fmt.Errorf("server: feedback: %w", err)
	}
	return s.writeJSON(c, http.StatusCreated, feedbackResponse{Object: "feedback", AnswerID: c.Param("id")})
}

// corpus returns what is served at the moment.
func (s *Server) corpus() (*kb.Corpus, error) {
	if corpus := s.Library.Corpus(); corpus != nil {
		return corpus, nil
	}
	return nil, retrieve.ErrNotReady
}

// accepts reports whether the caller names the media type in Accept. "*/*" does not: what is not
// asked for by name is not sent.
func accepts(r *http.Request, media string) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values(echo.HeaderAccept), ","), ",") {
		name, params, err := mime.ParseMediaType(part)
		if err == nil && name == media && params["q"] != "0" {
			return true
		}
	}
	return false
}
