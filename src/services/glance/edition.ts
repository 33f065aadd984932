/** The edition of Glance: a plain OpenStack Glance, or Huawei's with attributes, codes and limits of the image service. */
export type Edition = 'stock' | 'huawei'
