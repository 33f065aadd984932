module ims-emulator/test/clients/disk-journey/go

go 1.21

require github.com/huaweicloud/huaweicloud-sdk-go-obs v3.25.4+incompatible

require (
	golang.org/x/net v0.33.0 // indirect
	golang.org/x/text v0.21.0 // indirect
)
