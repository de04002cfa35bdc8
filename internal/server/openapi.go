package server

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"cited/internal/answer"
)

// object is a JSON object of the API's description.
type object = map[string]any

// openAPI describes the routes, with schemas made from the Go types that are really sent.
func openAPI(version string, routes []route) ([]byte, error) {
	schemas := object{}
	failure := reference(reflect.TypeFor[errorResponse](), schemas)
	paths := object{}
	for _, r := range routes {
		if r.summary == "" {
			continue // a page
		}
		name := openPath(r.path)
		item, ok := paths[name].(object)
		if !ok {
			item = object{}
			paths[name] = item
		}
		item[strings.ToLower(r.method)] = operation(r, schemas, failure)
	}
	out, err := json.MarshalIndent(object{
		"openapi": "3.1.0",
		"info": object{
			"title": "cited", "version": version,
			"description": "Answers from a Markdown knowledge base; every statement cites the bytes that it rests on.",
		},
		"paths":      paths,
		"components": object{"schemas": schemas},
	}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	return append(out, '\n'), nil
}

// openPath writes echo's path as OpenAPI does: /v1/answers/:id becomes /v1/answers/{id}.
func openPath(p string) string {
	parts := strings.Split(p, "/")
	for i, part := range parts {
		if part == "*" {
			parts[i] = "{id}"
		} else if name, ok := strings.CutPrefix(part, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func operation(r route, schemas, failure object) object {
	status := cmp.Or(r.status, http.StatusOK)
	answered := object{"description": http.StatusText(status)}
	if r.out != nil {
		content := object{"application/json": object{"schema": reference(reflect.TypeOf(r.out), schemas)}}
		if r.events {
			content[eventType] = object{"schema": object{"type": "string"}}
		}
		answered["content"] = content
	}
	op := object{"summary": r.summary, "responses": object{
		strconv.Itoa(status): answered,
		"default":            object{"description": "An error", "content": object{"application/json": object{"schema": failure}}},
	}}
	if r.in != nil {
		op["requestBody"] = object{"required": true, "content": object{
			"application/json": object{"schema": reference(reflect.TypeOf(r.in), schemas)},
		}}
	}
	if len(r.params) > 0 {
		params := make([]any, 0, len(r.params))
		for _, p := range r.params {
			kind := "string"
			if p.integer {
				kind = "integer"
			}
			params = append(params, object{"name": p.name, "in": p.in, "required": p.required,
				"description": p.about, "schema": object{"type": kind}})
		}
		op["parameters"] = params
	}
	return op
}

// reference describes a struct type once, under its name, and points to it.
func reference(t reflect.Type, schemas object) object {
	name := strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
	if _, ok := schemas[name]; !ok {
		schemas[name] = nil // a type that holds itself ends here
		schemas[name] = structure(t, schemas)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

func structure(t reflect.Type, schemas object) object {
	properties, required := object{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		properties[name] = schema(f.Type, schemas)
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
	}
	return object{"type": "object", "properties": properties, "required": required}
}

func schema(t reflect.Type, schemas object) object {
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case reflect.TypeFor[answer.Decision]():
		return object{"type": "string", "enum": []answer.Decision{
			answer.Answered, answer.Clarify, answer.InReview, answer.Abstained, answer.Handoff}}
	}
	switch t.Kind() {
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice:
		return object{"type": "array", "items": schema(t.Elem(), schemas)}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": schema(t.Elem(), schemas)}
	case reflect.Pointer:
		return object{"anyOf": []any{schema(t.Elem(), schemas), object{"type": "null"}}}
	case reflect.Struct:
		return reference(t, schemas)
	}
	panic("server: openapi: no schema for " + t.String()) // found by the first test that makes a server
}
