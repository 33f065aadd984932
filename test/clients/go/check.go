package main

import (
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"
)

// difference ends the run: something is not as it was meant, and the message says all that there is to say.
type difference string

func (d difference) Error() string { return string(d) }

// differenceIn is what ended a run: a difference, or a field that the program took to be there and is not.
func differenceIn(thrown any, err error) error {
	switch found := thrown.(type) {
	case nil:
		return err
	case difference:
		return found
	default:
		return fmt.Errorf("%v\n%s", thrown, debug.Stack())
	}
}

func fail(format string, words ...any) {
	panic(difference(fmt.Sprintf(format, words...)))
}

// of is what one operation gives: a line for each thing that is checked, on the standard output.
type of string

// gives ends the run at the first difference.
func (operation of) gives(what string, found, meant any) of {
	if plain := plain(found); !reflect.DeepEqual(plain, meant) {
		fail("%s: %s\n  found %#v\n  meant %#v", string(operation), what, plain, meant)
	}
	fmt.Printf("ok go %s: %s\n", string(operation), what)
	return operation
}

// plain is a field of a model as it would be without the SDK's wrapping: a pointer to nothing is nil, and a value that
// stands for a word of the wire is the word.
func plain(found any) any {
	value := reflect.ValueOf(found)
	if value.Kind() == reflect.Pointer {
		if value.IsNil() {
			return nil
		}
		found = value.Elem().Interface()
	}
	if word, ok := found.(interface{ Value() string }); ok {
		return word.Value()
	}
	return found
}

// answered is the answer of a call that is meant to succeed; the name of its type says which call it was.
func answered[Answer any](answer *Answer, err error) *Answer {
	if err != nil {
		fail("%s\n  found %v\n  meant success", operationOf(answer), err)
	}
	return answer
}

func operationOf[Answer any](answer *Answer) string {
	return strings.TrimSuffix(reflect.TypeOf(answer).Elem().Name(), "Response")
}

// one is the only one of a list, which the operation gave.
func one[Each any](operation string, all []Each) Each {
	if len(all) != 1 {
		fail("%s\n  found %#v\n  meant one of them", operation, all)
	}
	return all[0]
}

func each[One, Part any](all []One, part func(One) Part) []Part {
	parts := make([]Part, 0, len(all))
	for _, one := range all {
		parts = append(parts, part(one))
	}
	return parts
}

func ptr[Value any](value Value) *Value { return &value }
