// Package controllers stands in for sigs.k8s.io/mcs-api/controllers, whose newest
// releases not every module proxy hands out. Cilium takes one name from it, for
// clusters that share services with each other, and the lab's do not.
package controllers

// DerivedServiceAnnotation names the service behind a service that another cluster exports.
const DerivedServiceAnnotation = "multicluster.kubernetes.io/derived-service"
