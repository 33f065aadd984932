CREATE TABLE `agencies` (
	`name` text NOT NULL,
	`domain_id` text NOT NULL,
	`projects` text,
	`trusted_domain_id` text,
	`grants` text NOT NULL,
	PRIMARY KEY(`domain_id`, `name`)
);
--> statement-breakpoint
CREATE TABLE `credentials` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`user_id` text NOT NULL,
	`project_id` text,
	`agency_domain_id` text,
	`agency_name` text,
	`secret` text,
	`security_token` text,
	`issued_at` integer,
	`expires_at` integer,
	`method` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `domains` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `enterprise_projects` (
	`id` text PRIMARY KEY NOT NULL,
	`domain_id` text NOT NULL,
	`name` text NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`enabled` integer NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `group_users` (
	`group_id` text NOT NULL,
	`user_id` text NOT NULL,
	PRIMARY KEY(`group_id`, `user_id`),
	FOREIGN KEY (`group_id`) REFERENCES `groups`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `groups_by_user` ON `group_users` (`user_id`);--> statement-breakpoint
CREATE TABLE `groups` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`domain_id` text NOT NULL,
	`grants` text NOT NULL,
	FOREIGN KEY (`domain_id`) REFERENCES `domains`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `policies` (
	`domain_id` text NOT NULL,
	`name` text NOT NULL,
	`document` text NOT NULL,
	PRIMARY KEY(`domain_id`, `name`),
	FOREIGN KEY (`domain_id`) REFERENCES `domains`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `projects` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`region` text NOT NULL,
	`domain_id` text NOT NULL,
	FOREIGN KEY (`domain_id`) REFERENCES `domains`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`domain_id` text NOT NULL,
	`project_id` text NOT NULL,
	`enabled` integer DEFAULT true NOT NULL,
	`password` text,
	`grants` text NOT NULL,
	FOREIGN KEY (`domain_id`) REFERENCES `domains`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`project_id`) REFERENCES `projects`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `draws` (
	`purpose` text PRIMARY KEY NOT NULL,
	`count` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `backups` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`name` text NOT NULL,
	`kind` text NOT NULL,
	`status` text NOT NULL,
	`server_id` text NOT NULL,
	`vault_id` text,
	`os_version` text,
	`firmware` text,
	`architecture` text NOT NULL,
	`disks` text NOT NULL,
	`shared_disks` integer NOT NULL,
	`shared` integer NOT NULL,
	`copy_of` text
);
--> statement-breakpoint
CREATE INDEX `backups_by_server` ON `backups` (`server_id`);--> statement-breakpoint
CREATE TABLE `vaults` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`name` text NOT NULL,
	`object_type` text NOT NULL,
	`protect_type` text NOT NULL,
	`status` text NOT NULL,
	`capacity` integer NOT NULL,
	`used` integer NOT NULL,
	`server_limit` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `servers` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`name` text NOT NULL,
	`status` text NOT NULL,
	`kind` text NOT NULL,
	`image_id` text,
	`os_version` text,
	`firmware` text,
	`architecture` text NOT NULL,
	`task` text,
	`frozen` integer NOT NULL,
	`reclaimed` integer NOT NULL,
	`imageable` integer NOT NULL,
	`csbs` integer NOT NULL,
	`vault_id` text
);
--> statement-breakpoint
CREATE TABLE `volumes` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`name` text NOT NULL,
	`size` integer NOT NULL,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`server_id` text,
	`system` integer NOT NULL,
	`shareable` integer NOT NULL,
	`key_id` text,
	`os_version` text
);
--> statement-breakpoint
CREATE INDEX `volumes_by_server` ON `volumes` (`server_id`);--> statement-breakpoint
CREATE TABLE `glance_images` (
	`image_id` text PRIMARY KEY NOT NULL,
	`nulls` text DEFAULT '[]' NOT NULL,
	`staged_md5` text,
	`staged_sha512` text,
	`staged_virtual_size` integer
);
--> statement-breakpoint
CREATE TABLE `glance_members` (
	`image_id` text NOT NULL,
	`project_id` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`image_id`, `project_id`)
);
--> statement-breakpoint
CREATE TABLE `glance_tasks` (
	`id` text PRIMARY KEY NOT NULL,
	`type` text NOT NULL,
	`status` text NOT NULL,
	`owner` text NOT NULL,
	`input` text NOT NULL,
	`result` text,
	`message` text NOT NULL,
	`image_id` text,
	`request_id` text NOT NULL,
	`user_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`expires_at` integer
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
CREATE TABLE `tags` (
	`image_id` text NOT NULL,
	`key` text NOT NULL,
	`value` text NOT NULL,
	`position` integer NOT NULL,
	PRIMARY KEY(`image_id`, `key`, `value`),
	FOREIGN KEY (`image_id`) REFERENCES `images`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `keys` (
	`id` text PRIMARY KEY NOT NULL,
	`project_id` text NOT NULL,
	`alias` text NOT NULL,
	`state` text NOT NULL,
	`is_default` integer NOT NULL,
	`grants` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `bucket_regions` (
	`name` text PRIMARY KEY NOT NULL,
	`region` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `rule_counts` (
	`rule` text NOT NULL,
	`owner` text NOT NULL,
	`matched` integer NOT NULL,
	`hits` integer NOT NULL,
	PRIMARY KEY(`rule`, `owner`)
);
--> statement-breakpoint
CREATE TABLE `runtime_rules` (
	`name` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL,
	`rule` text
);
--> statement-breakpoint
CREATE TABLE `job_resources` (
	`job_id` text NOT NULL,
	`resource_id` text NOT NULL,
	PRIMARY KEY(`job_id`, `resource_id`)
);
--> statement-breakpoint
CREATE INDEX `job_resources_by_resource` ON `job_resources` (`resource_id`);--> statement-breakpoint
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
	`image_name` text,
	`parent_id` text,
	`payload` text
);
--> statement-breakpoint
CREATE INDEX `jobs_by_project` ON `jobs` (`project_id`,`status`);--> statement-breakpoint
CREATE INDEX `jobs_by_image` ON `jobs` (`image_id`);--> statement-breakpoint
CREATE INDEX `jobs_by_parent` ON `jobs` (`parent_id`);--> statement-breakpoint
CREATE TABLE `steps` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`due_at` integer NOT NULL,
	`job_id` text NOT NULL,
	`effect` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `steps_by_due` ON `steps` (`due_at`,`seq`);--> statement-breakpoint
CREATE INDEX `steps_by_job` ON `steps` (`job_id`);