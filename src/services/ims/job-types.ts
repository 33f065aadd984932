/** The `job_type` of each asynchronous call, as the wire shows it. */
export const JOB_TYPE = {
  createFromServer: 'imsCreateImageByInstance',
  createFromVolume: 'imsVolumeCreateImageJob',
  createDataImages: 'imsVolumesToSysDataImagesJob',
  copyVolume: 'imsCopyVolumeToImageJob',
  importImage: 'imsImportImageJob',
  importDataImage: 'imsImportDataImageJob',
  importSeveral: 'imsImportOvaImageJob',
  wholeFromServer: 'imsCreateWholeImageByInstanceJob',
  wholeFromBackup: 'imsCreateWholeImageByBackupJob',
  register: 'imsNativeImportImageJob',
  export: 'imsNativeExportImageJob',
  copy: 'imsCopyImageInRegionJob',
  copyAcrossRegions: 'imsCrossRegionCopyImageJob',
  addMembers: 'imsAddImageMembersJob',
  updateMembers: 'imsUpdateImageMembersJob',
  deleteMembers: 'imsDelImageMembersJob',
} as const

/** Jobs that bring a file of a bucket into the cloud. */
export const IMPORT_JOBS = [JOB_TYPE.importImage, JOB_TYPE.importDataImage, JOB_TYPE.importSeveral]

/** Jobs that make an image of anything but another image. */
export const CREATION_JOBS = [
  ...IMPORT_JOBS,
  JOB_TYPE.createFromServer,
  JOB_TYPE.createFromVolume,
  JOB_TYPE.createDataImages,
  JOB_TYPE.wholeFromServer,
  JOB_TYPE.wholeFromBackup,
]
