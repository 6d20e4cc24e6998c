using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Pier.Model.Runtime;
using Pier.Runtime.Compile;
using Pier.Runtime.Seccomp;

namespace Pier.Runtime.BuiltIn;

/// <summary>Compiled filters by the record they were compiled from: most containers share one (<see cref="SeccompCatalog"/>).</summary>
sealed class SeccompPrograms
{
    readonly ConditionalWeakTable<LinuxSeccomp, SeccompProgram> _compiled = [];

    public SeccompProgram? For(LinuxSeccomp? seccomp) =>
        seccomp is null ? null : _compiled.GetValue(seccomp, s => SeccompTranslator.Compile(s, RuntimeInformation.ProcessArchitecture));
}
