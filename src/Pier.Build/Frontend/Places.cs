using Pier.Build.Dockerfiles;
using Pier.Build.Dockerfiles.Instructions;
using Pier.Model.Builds;

namespace Pier.Build.Frontend;

/// <summary>Gives errors of instructions their place.</summary>
sealed class Places(SourceText source)
{
    public T At<T>(Instruction instruction, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (InstructionException e)
        {
            throw Error(instruction, e);
        }
    }

    public DockerfileException Error(Instruction instruction, InstructionException e) =>
        new(e.Message, source.Place(instruction.Heading.FirstLine, instruction.Heading.LastLine, e.Word), e);
}
