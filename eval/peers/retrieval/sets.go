package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"cited/eval/peers/ours"
	"cited/internal/eval"
	"cited/internal/lang"
)

// set is one judged question set.
type set struct {
	name    string // its folder below dev, slashes forward
	lang    string // of its documents
	kind    string // questions of one kind are pooled over languages
	corpus  string // corpus.jsonl
	keep    string // file with the ids of the documents to keep; "" for all
	queries []string
	qrels   string
}

// kinds are the kinds of questions by the beginning of a set's name; those of help centers are
// named by their folder.
var kinds = [...][2]string{
	{"beir/xquad", "passages"}, {"beir/squad2", "passages"}, {"beir/cmrc2018", "passages"}, {"beir/drcd", "passages"},
	{"beir/banking77", "intents"}, {"beir/clinc150", "intents"},
	{"beir/hetpqa", "product questions"}, {"beir/semipqa", "product questions"},
}

func kindOf(name string) string {
	for _, k := range kinds {
		if strings.HasPrefix(name, k[0]) {
			return k[1]
		}
	}
	return name[strings.LastIndexByte(name, '/')+1:]
}

// findSets lists the sets below dev, by name.
func findSets(dev string) ([]set, error) {
	var sets []set
	for _, root := range [...]string{"beir", "kbqa"} {
		err := filepath.WalkDir(filepath.Join(dev, root), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			dir := filepath.Dir(path)
			rel, err := filepath.Rel(dev, dir)
			if err != nil {
				return err
			}
			name := filepath.ToSlash(rel)
			switch {
			case d.Name() == "queries.jsonl":
				l, err := languageOf(dir)
				sets = append(sets, set{
					name: name, lang: l, kind: kindOf(name), corpus: filepath.Join(dir, "corpus.jsonl"),
					queries: []string{path}, qrels: filepath.Join(dir, "qrels.tsv"),
				})
				return err
			case d.Name() == "docids.txt":
				across, err := crossSets(dir, name)
				sets = append(sets, across...)
				return err
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("retrieval: find sets: %w", err)
		}
	}
	if len(sets) == 0 {
		return nil, fmt.Errorf("retrieval: no question sets below %s", dev)
	}
	slices.SortFunc(sets, func(a, b set) int { return strings.Compare(a.name, b.name) })
	return sets, nil
}

// languageOf reads a set's language from its meta.json.
func languageOf(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, "meta.json"))
	if err != nil {
		return "", err
	}
	var meta struct{ Languages []string }
	if err := json.Unmarshal(data, &meta); err != nil {
		return "", fmt.Errorf("%s: %w", dir, err)
	}
	if len(meta.Languages) == 0 {
		return "", fmt.Errorf("%s/meta.json: no languages", dir)
	}
	return lang.Base(meta.Languages[0]), nil
}

// crossSets makes one set a language of the folder xl-MODE: the questions in all other languages
// against the documents in this one.
func crossSets(dir, name string) ([]set, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "queries.*.jsonl"))
	if err != nil {
		return nil, err
	}
	mode := strings.TrimPrefix(filepath.Base(dir), "xl-")
	var sets []set
	for _, p := range paths {
		tag := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(p), "queries."), ".jsonl")
		corpus := filepath.Join(filepath.Dir(dir), tag, mode, "corpus.jsonl")
		if _, err := os.Stat(corpus); errors.Is(err, fs.ErrNotExist) {
			continue // questions alone, such as English addresses
		}
		s := set{name: name + "→" + tag, lang: lang.Base(tag), kind: "across languages", corpus: corpus, keep: filepath.Join(dir, "docids.txt"), qrels: filepath.Join(dir, "qrels.tsv")}
		for _, q := range paths {
			if q != p {
				s.queries = append(s.queries, q)
			}
		}
		sets = append(sets, s)
	}
	return sets, nil
}

// read reads the set's questions and documents.
func (s set) read(ctx context.Context) (*eval.RetrievalSet, *ours.Corpus, error) {
	questions := new(eval.RetrievalSet)
	judged, err := eval.ReadQrels(s.qrels)
	if err != nil {
		return nil, nil, err
	}
	questions.Qrels = make(eval.Qrels)
	for n, path := range s.queries {
		queries, err := eval.ReadQueries(path)
		if err != nil {
			return nil, nil, err
		}
		for _, q := range queries {
			relevant := judged[q.ID]
			if len(s.queries) > 1 { // the languages share their ids
				q.ID = fmt.Sprintf("%d %s", n, q.ID)
			}
			questions.Qrels[q.ID] = relevant
			questions.Queries = append(questions.Queries, q)
			questions.Candidates = questions.Candidates || len(q.Candidates) > 0
		}
	}
	corpus, err := ours.Load(ctx, s.corpus)
	if err != nil || s.keep == "" {
		return questions, corpus, err
	}
	ids, err := eval.ReadIDs(s.keep)
	if err != nil {
		return nil, nil, err
	}
	return questions, corpus.Only(ids), nil
}
