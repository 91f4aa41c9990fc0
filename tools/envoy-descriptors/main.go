// Writes the descriptors of Envoy's API, as compiled into go-control-plane, as one FileDescriptorSet to standard output.
//
// Why Go: go-control-plane's release of the same number is the only place that has every field of that Envoy (the .proto
// files published for other languages are older), and it has them as descriptors only, not as .proto text.
package main

import (
	"log"
	"os"
	"slices"
	"sort"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	set := &descriptorpb.FileDescriptorSet{}
	envoy := envoyFiles()
	roots := map[string]bool{}
	for _, file := range envoy {
		roots[file.Path()] = true
	}
	files := withImports(envoy)
	owners := typeOwners(files)
	for _, file := range files {
		set.File = append(set.File, lean(file, owners))
	}
	set.File = needed(set.File, roots)

	bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(set)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := os.Stdout.Write(bytes); err != nil {
		log.Fatal(err)
	}
}

// envoyFiles are the files that packages.go links in. What else is linked in (gRPC's own, for one) is no API of Envoy, and
// the annotations are options, which lean leaves out.
func envoyFiles() []protoreflect.FileDescriptor {
	var files []protoreflect.FileDescriptor
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		if strings.HasPrefix(file.Path(), "envoy/") && !strings.HasPrefix(file.Path(), "envoy/annotations/") {
			files = append(files, file)
		}
		return true
	})
	// RangeFiles goes through a map: without an order the output would differ from run to run.
	sort.Slice(files, func(i, j int) bool { return files[i].Path() < files[j].Path() })
	return files
}

// withImports puts every file behind all that it imports, as a FileDescriptorSet has to.
func withImports(roots []protoreflect.FileDescriptor) []protoreflect.FileDescriptor {
	var ordered []protoreflect.FileDescriptor
	seen := map[string]bool{}
	var visit func(protoreflect.FileDescriptor)
	visit = func(file protoreflect.FileDescriptor) {
		if seen[file.Path()] {
			return
		}
		seen[file.Path()] = true
		imports := file.Imports()
		for i := range imports.Len() {
			visit(imports.Get(i).FileDescriptor)
		}
		ordered = append(ordered, file)
	}
	for _, root := range roots {
		visit(root)
	}
	return ordered
}

// typeOwners tells for each message and enum, by its full name with the leading dot, the file that defines it.
func typeOwners(files []protoreflect.FileDescriptor) map[string]string {
	owners := map[string]string{}
	var messages func(protoreflect.MessageDescriptors)
	enums := func(list protoreflect.EnumDescriptors) {
		for i := range list.Len() {
			owners["."+string(list.Get(i).FullName())] = list.Get(i).ParentFile().Path()
		}
	}
	messages = func(list protoreflect.MessageDescriptors) {
		for i := range list.Len() {
			message := list.Get(i)
			owners["."+string(message.FullName())] = message.ParentFile().Path()
			enums(message.Enums())
			messages(message.Messages())
		}
	}
	for _, file := range files {
		enums(file.Enums())
		messages(file.Messages())
	}
	return owners
}

// lean leaves out the options that only other generators read (validation rules, HTTP annotations, Java names) and the
// imports that only those needed. They are half of the bytes that are parsed when the generated code is loaded.
func lean(file protoreflect.FileDescriptor, owners map[string]string) *descriptorpb.FileDescriptorProto {
	descriptor := protodesc.ToFileDescriptorProto(file)
	descriptor.Options = nil
	descriptor.Extension = nil
	used := map[string]bool{}
	use := func(typeName string) {
		if typeName != "" {
			used[owners[typeName]] = true
		}
	}
	for _, message := range descriptor.MessageType {
		leanMessage(message, use)
	}
	for _, enum := range descriptor.EnumType {
		leanEnum(enum)
	}
	for _, service := range descriptor.Service {
		plain(service.Options)
		for _, method := range service.Method {
			plain(method.Options)
			use(method.GetInputType())
			use(method.GetOutputType())
		}
	}
	descriptor.Dependency = slices.DeleteFunc(descriptor.Dependency, func(path string) bool { return !used[path] })
	// These two are indexes into the list just changed.
	descriptor.PublicDependency = nil
	descriptor.WeakDependency = nil
	return descriptor
}

func leanMessage(message *descriptorpb.DescriptorProto, use func(string)) {
	plain(message.Options)
	for _, field := range message.Field {
		plain(field.Options)
		use(field.GetTypeName())
		// The JSON types then have the names of Envoy's documentation and dumps (`route_config`). Envoy reads both.
		field.JsonName = proto.String(field.GetName())
	}
	for _, oneof := range message.OneofDecl {
		oneof.Options = nil
	}
	for _, enum := range message.EnumType {
		leanEnum(enum)
	}
	for _, nested := range message.NestedType {
		leanMessage(nested, use)
	}
}

func leanEnum(enum *descriptorpb.EnumDescriptorProto) {
	plain(enum.Options)
	for _, value := range enum.Value {
		plain(value.Options)
	}
}

// plain takes the extensions out of options and keeps protobuf's own (deprecated, packed, map_entry).
func plain(options proto.Message) {
	if !options.ProtoReflect().IsValid() {
		return
	}
	proto.RangeExtensions(options, func(extension protoreflect.ExtensionType, _ any) bool {
		proto.ClearExtension(options, extension)
		return true
	})
	options.ProtoReflect().SetUnknown(nil)
}

// needed leaves out the files that no root imports any more.
func needed(files []*descriptorpb.FileDescriptorProto, roots map[string]bool) []*descriptorpb.FileDescriptorProto {
	imported := map[string]bool{}
	// Importers come after what they import, so one pass from the end sees all of them first.
	for _, file := range slices.Backward(files) {
		if roots[file.GetName()] || imported[file.GetName()] {
			imported[file.GetName()] = true
			for _, path := range file.Dependency {
				imported[path] = true
			}
		}
	}
	return slices.DeleteFunc(files, func(file *descriptorpb.FileDescriptorProto) bool { return !imported[file.GetName()] })
}
