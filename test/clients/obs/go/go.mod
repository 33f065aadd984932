module ims-emulator/objects

go 1.26.0

require github.com/huaweicloud/huaweicloud-sdk-go-obs v3.25.4+incompatible

require (
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)
