UPDATE `jobs` SET `type` = 'imsCrossRegionCopyImageJob' WHERE `type` = 'imsCopyImageCrossRegionJob';
