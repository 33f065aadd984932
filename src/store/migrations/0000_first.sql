CREATE TABLE `credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`user_id` text NOT NULL,
	`secret` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `draws` (
	`purpose` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `images` (
	`id` text PRIMARY KEY NOT NULL,
	`owner` text,
	`name` text,
	`status` text NOT NULL,
	`visibility` text NOT NULL,
	`image_type` text NOT NULL,
	`protected` integer NOT NULL,
	`hidden` integer DEFAULT false NOT NULL,
	`container_format` text,
	`disk_format` text,
	`min_disk` integer NOT NULL,
	`min_ram` integer NOT NULL,
	`size` integer,
	`virtual_size` integer,
	`checksum` text,
	`hash_algorithm` text,
	`hash_value` text,
	`blob_id` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`active_at` integer,
	`deleted_at` integer,
	`attributes` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `images_by_creation` ON `images` (`created_at`,`id`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE INDEX `images_by_owner` ON `images` (`owner`) WHERE deleted_at IS NULL;--> statement-breakpoint
CREATE TABLE `jobs` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`type` text NOT NULL,
	`flow` text NOT NULL,
	`status` text NOT NULL,
	`begin_at` integer NOT NULL,
	`end_at` integer,
	`error_code` text,
	`fail_reason` text,
	`progress` integer NOT NULL,
	`image_id` text,
	`image_name` text
);
--> statement-breakpoint
CREATE TABLE `members` (
	`image_id` text NOT NULL,
	`project_id` text NOT NULL,
	`status` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`image_id`, `project_id`),
	FOREIGN KEY (`image_id`) REFERENCES `images`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `members_by_project` ON `members` (`project_id`);--> statement-breakpoint
CREATE TABLE `projects` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`region` text NOT NULL,
	`domain_id` text NOT NULL,
	`domain_name` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `steps` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`due_at` integer NOT NULL,
	`job_id` text NOT NULL,
	`effect` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `steps_by_due` ON `steps` (`due_at`,`seq`);--> statement-breakpoint
CREATE TABLE `tags` (
	`image_id` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`image_id`, `key`, `value`),
	FOREIGN KEY (`image_id`) REFERENCES `images`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`project_id` text NOT NULL,
	`roles` text NOT NULL,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
