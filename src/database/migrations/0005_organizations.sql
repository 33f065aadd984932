CREATE TABLE `organization_accounts` (
	`domain_id` text PRIMARY KEY NOT NULL,
	`node_id` text NOT NULL,
	FOREIGN KEY (`domain_id`) REFERENCES `domains`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`node_id`) REFERENCES `organization_nodes`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `organization_accounts_by_node` ON `organization_accounts` (`node_id`);--> statement-breakpoint
CREATE TABLE `organization_nodes` (
	`id` text PRIMARY KEY NOT NULL,
	`organization_id` text NOT NULL,
	`management_account_id` text NOT NULL,
	`parent_id` text,
	`name` text
);
--> statement-breakpoint
CREATE TABLE `account_members` (
	`image_id` text NOT NULL,
	`member_id` text NOT NULL,
	`member_type` text NOT NULL,
	`urn` text,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	PRIMARY KEY(`image_id`, `member_id`),
	FOREIGN KEY (`image_id`) REFERENCES `images`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `member_answers` (
	`image_id` text NOT NULL,
	`project_id` text NOT NULL,
	`status` text NOT NULL,
	`answered_at` integer NOT NULL,
	PRIMARY KEY(`image_id`, `project_id`),
	FOREIGN KEY (`image_id`) REFERENCES `images`(`id`) ON UPDATE no action ON DELETE no action
);
