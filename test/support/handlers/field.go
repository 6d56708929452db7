// Handlers in Go, each with one mistake, named by the path: go run field.go
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

var secret = os.Getenv("SCALEKIT_WEBHOOK_SECRET")

func keyFor(mistake string) []byte {
	switch mistake {
	case "decodes base64url":
		// The error is ignored.
		key, _ := base64.URLEncoding.DecodeString(secret[6:])
		return key
	case "decodes the prefix":
		key, _ := base64.StdEncoding.DecodeString(secret)
		return key
	}
	key, _ := base64.StdEncoding.DecodeString(secret[6:])
	return key
}

func signedBody(mistake string, body []byte) []byte {
	switch mistake {
	case "marshals again":
		var event map[string]any
		json.Unmarshal(body, &event)
		again, _ := json.Marshal(event)
		return again
	case "reads 1024 bytes":
		if len(body) > 1024 {
			return body[:1024]
		}
	}
	return body
}

func handle(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	mistake := strings.TrimPrefix(r.URL.Path, "/webhook/")
	body, _ := io.ReadAll(r.Body)
	id, timestamp := r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	age := time.Since(time.Unix(seconds, 0))
	mac := hmac.New(sha256.New, keyFor(mistake))
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(signedBody(mistake, body))
	expected := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	isRight := false
	for _, signature := range strings.Split(r.Header.Get("webhook-signature"), " ") {
		isRight = isRight || signature == expected
	}
	if id == "" || err != nil || age.Abs() > 300*time.Second || !isRight {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	if !json.Valid(body) {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusCreated)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on %d\n", listener.Addr().(*net.TCPAddr).Port)
	http.Serve(listener, http.HandlerFunc(handle))
}
