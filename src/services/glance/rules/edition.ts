/**
 * Whose image API this is: that of a stock Glance, or Huawei's, which is a Glance with attributes, codes and limits of the
 * image service laid over it.
 */
export type Edition = 'stock' | 'huawei'
