using Mono.Cecil;
using Mono.Cecil.Cil;
using Pier.Linux.Launch;

namespace Pier.UnitTests.Linux.Launch;

/// <summary>
/// Between clone and execve the child may not allocate, call into the runtime or wait for a collection: the interpreter's IL may hold
/// nothing that could.
/// </summary>
public class InterpreterTests
{
    static readonly HashSet<Mono.Cecil.Cil.OpCode> Forbidden =
    [
        OpCodes.Call,
        OpCodes.Callvirt,
        OpCodes.Newobj,
        OpCodes.Newarr,
        OpCodes.Box,
        OpCodes.Unbox,
        OpCodes.Unbox_Any,
        OpCodes.Castclass,
        OpCodes.Isinst,
        OpCodes.Ldstr,
        OpCodes.Ldsfld,
        OpCodes.Stsfld,
        OpCodes.Ldsflda,
        OpCodes.Ldtoken,
        OpCodes.Ldftn,
        OpCodes.Ldvirtftn,
        OpCodes.Throw,
        OpCodes.Rethrow,
        OpCodes.Localloc,
        OpCodes.Jmp,
        OpCodes.Ldelema,
        OpCodes.Stelem_Ref,
        OpCodes.Ldelem_Ref,
        OpCodes.Switch,
        OpCodes.Conv_Ovf_I4,
        OpCodes.Div,
        OpCodes.Rem,
    ];

    [Fact]
    public void Its_code_makes_no_call_but_through_function_pointers()
    {
        using var assembly = AssemblyDefinition.ReadAssembly(typeof(LaunchProgram).Assembly.Location);
        var run = assembly.MainModule.GetType("Pier.Linux.Launch.Interpreter").Methods.Single(m => m.Name == "Run");
        Assert.Empty(run.Body.ExceptionHandlers);
        var calls = 0;
        foreach (var instruction in run.Body.Instructions)
        {
            Assert.DoesNotContain(instruction.OpCode, Forbidden);
            if (instruction.OpCode != OpCodes.Calli)
                continue;
            calls++;
            var site = (CallSite)instruction.Operand;
            // The managed convention: anything else has the runtime between caller and callee.
            Assert.Equal(MethodCallingConvention.Default, site.CallingConvention);
            Assert.All(
                site.Parameters.Select(p => p.ParameterType).Append(site.ReturnType),
                t => Assert.Equal("System.IntPtr", t.FullName)
            );
        }
        Assert.Equal(4, calls); // the op, the second clone, the error report, the exit
    }

    [Fact]
    public void Nothing_it_uses_is_a_reference()
    {
        using var assembly = AssemblyDefinition.ReadAssembly(typeof(LaunchProgram).Assembly.Location);
        var run = assembly.MainModule.GetType("Pier.Linux.Launch.Interpreter").Methods.Single(m => m.Name == "Run");
        Assert.All(
            run.Body.Variables,
            v =>
                Assert.True(
                    v.VariableType.IsPointer || v.VariableType.IsFunctionPointer || v.VariableType.IsPrimitive,
                    v.VariableType.FullName
                )
        );
    }
}
