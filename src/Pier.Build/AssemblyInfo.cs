using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Pier.UnitTests")]
[assembly: InternalsVisibleTo("Pier.KernelTests")]
