using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Pier.UnitTests")]
