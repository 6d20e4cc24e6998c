using System.Runtime.CompilerServices;

namespace Pier.Linux.Launch;

/// <summary>What runs in the child between clone and execve.</summary>
static unsafe class Interpreter
{
    /// <summary>
    /// Runs a program. Invariants, each checked by a test: no allocation, no call but indirect ones to libc's syscall and clone,
    /// no GC transition and no GC poll - the child shares the parent's memory but not its threads, so waiting for a collection
    /// means waiting for ever. Managed function pointers compile to plain indirect calls; P/Invoke does not. Bounds were
    /// checked by <see cref="ProgramVerifier"/> when the program was loaded. Returns only at <see cref="OpCode.Return"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static int Run(LaunchContext* context)
    {
        var syscall = (delegate* <nint, nint, nint, nint, nint, nint, nint, nint>)context->Syscall;
        var clone = (delegate* <nint, nint, nint, nint, nint, nint, nint, nint>)context->Clone;
        var ops = context->Ops;
        var slots = context->Slots;
        var i = context->Start;
        while (i < context->Count)
        {
            var op = ops + i;
            int slotted = op->References;
            var a0 = (nint)((slotted & 1) != 0 ? slots[(int)op->Args[0]] : op->Args[0]);
            var a1 = (nint)((slotted & 2) != 0 ? slots[(int)op->Args[1]] : op->Args[1]);
            var a2 = (nint)((slotted & 4) != 0 ? slots[(int)op->Args[2]] : op->Args[2]);
            var a3 = (nint)((slotted & 8) != 0 ? slots[(int)op->Args[3]] : op->Args[3]);
            var a4 = (nint)((slotted & 16) != 0 ? slots[(int)op->Args[4]] : op->Args[4]);
            var a5 = (nint)((slotted & 32) != 0 ? slots[(int)op->Args[5]] : op->Args[5]);
            nint result;
            if (op->Number >= 0)
            {
                result = syscall(op->Number, a0, a1, a2, a3, a4, a5);
            }
            else if (op->Number == OpCode.Clone)
            {
                context->Child->Start = op->Target;
                result = clone(context->Entry, (nint)context->ChildStack, a0, (nint)context->Child, (nint)context->Pid, 0, 0);
            }
            else if (op->Number == OpCode.Jump)
            {
                i = op->Target;
                continue;
            }
            else
            {
                return 0;
            }
            if (op->Result >= 0)
                slots[op->Result] = result;
            i++;
            if (result != -1 || op->OnError == (byte)OnError.Ignore)
                continue;
            var errno = *context->Errno;
            if (op->OnError == (byte)OnError.IgnoreErrno && errno == op->Errno)
                continue;
            if (op->OnError == (byte)OnError.Jump && (op->Errno == 0 || errno == op->Errno))
            {
                i = op->Target;
                continue;
            }
            context->Failure->Op = i - 1;
            context->Failure->Errno = errno;
            if (context->ErrorFd >= 0)
                syscall(context->Write, context->ErrorFd, (nint)context->Failure, 8, 0, 0, 0);
            break;
        }
        while (true)
            syscall(context->ExitGroup, 127, 0, 0, 0, 0, 0);
    }
}
