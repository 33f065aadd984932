package images

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// emulatorURL is the address of the emulator of all tests.
var emulatorURL = os.Getenv("IMS_URL")

// TestMain uses the emulator at IMS_URL and leaves it running, or starts one for the tests.
func TestMain(m *testing.M) { os.Exit(runWithEmulator(m)) }

func runWithEmulator(m *testing.M) int {
	if emulatorURL == "" {
		stop, err := startEmulator()
		if err != nil {
			fmt.Fprintln(os.Stderr, "no emulator, and IMS_URL does not say where one runs:", err)
			return 1
		}
		defer stop()
	}
	return m.Run()
}

// startEmulator runs the command ims-emulator, which prints one line of JSON with its address when it is ready.
func startEmulator() (stop func(), err error) {
	command := exec.Command("ims-emulator", "start", "--port", "0", "--json")
	command.Stderr = os.Stderr
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
	}
	line, err := bufio.NewReader(output).ReadBytes('\n')
	if err != nil {
		stop()
		return nil, fmt.Errorf("it ended before it was ready: %w", err)
	}
	var ready struct{ Endpoint string }
	if err := json.Unmarshal(line, &ready); err != nil {
		stop()
		return nil, fmt.Errorf("it said %q: %w", line, err)
	}
	emulatorURL = ready.Endpoint
	return stop, nil
}
