using System.Runtime.CompilerServices;

// Marshalling is done by hand or generated: no runtime stubs, so that AOT and CoreCLR do the same.
[assembly: DisableRuntimeMarshalling]
[assembly: InternalsVisibleTo("Pier.UnitTests")]
[assembly: InternalsVisibleTo("Pier.KernelTests")]
