CREATE TABLE `traces` (
	`number` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`project_id` text NOT NULL,
	`happened_at` integer NOT NULL,
	`service` text NOT NULL,
	`resource` text NOT NULL,
	`name` text NOT NULL,
	`rating` text NOT NULL,
	`resource_id` text,
	`resource_name` text,
	`enterprise_project_id` text,
	`user_id` text NOT NULL,
	`user_name` text NOT NULL,
	`access_key` text,
	`detail` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `traces_id_unique` ON `traces` (`id`);--> statement-breakpoint
CREATE INDEX `traces_by_project` ON `traces` (`project_id`,`number`);