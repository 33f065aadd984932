CREATE TABLE `buckets` (
	`name` text PRIMARY KEY NOT NULL,
	`owner_id` text,
	`region` text,
	`storage_class` text NOT NULL,
	`created_at` integer NOT NULL,
	`deleted` integer DEFAULT false NOT NULL,
	`settings` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `hidden_files` (
	`bucket` text NOT NULL,
	`key` text NOT NULL,
	PRIMARY KEY(`bucket`, `key`)
);
--> statement-breakpoint
CREATE TABLE `objects` (
	`bucket` text NOT NULL,
	`key` text NOT NULL,
	`blob_id` text NOT NULL,
	`size` integer NOT NULL,
	`etag` text NOT NULL,
	`modified_at` integer NOT NULL,
	`storage_class` text NOT NULL,
	`content_type` text,
	`headers` text NOT NULL,
	`metadata` text NOT NULL,
	`owner_id` text,
	`acl` text,
	`tags` text NOT NULL,
	PRIMARY KEY(`bucket`, `key`)
);
--> statement-breakpoint
CREATE TABLE `upload_parts` (
	`upload_id` text NOT NULL,
	`number` integer NOT NULL,
	`blob_id` text NOT NULL,
	`size` integer NOT NULL,
	`etag` text NOT NULL,
	`modified_at` integer NOT NULL,
	PRIMARY KEY(`upload_id`, `number`),
	FOREIGN KEY (`upload_id`) REFERENCES `uploads`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `uploads` (
	`id` text PRIMARY KEY NOT NULL,
	`bucket` text NOT NULL,
	`key` text NOT NULL,
	`started_at` integer NOT NULL,
	`user_id` text NOT NULL,
	`storage_class` text NOT NULL,
	`content_type` text,
	`headers` text NOT NULL,
	`metadata` text NOT NULL,
	`owner_id` text,
	`acl` text,
	`tags` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `uploads_by_key` ON `uploads` (`bucket`,`key`,`id`);--> statement-breakpoint
INSERT INTO `buckets` (`name`, `region`, `storage_class`, `created_at`, `settings`) SELECT `name`, `region`, 'STANDARD', 0, '{}' FROM `bucket_regions`;
--> statement-breakpoint
DROP TABLE `bucket_regions`;
--> statement-breakpoint
UPDATE `jobs` SET `payload` = json_object('blobId', '00000000-0000-4000-8000-000000000000', 'size', 0, 'etag', '', 'bucket', json_extract(`payload`, '$.bucket'), 'key', json_extract(`payload`, '$.key')) WHERE `type` = 'imsNativeExportImageJob' AND json_valid(`payload`);
