namespace Pier.Build.Dockerfiles;

/// <summary>What one Dockerfile may cost: a few lines can ask for any amount of text (ENV A=$A$A).</summary>
public sealed class WorkBudget(long limit = DockerfileLimits.Work)
{
    long _left = limit;

    /// <summary>Takes from the budget; throws <see cref="InstructionException"/> when nothing is left.</summary>
    public void Spend(long amount)
    {
        if ((_left -= amount) < 0)
            throw new InstructionException("the Dockerfile's values grow without bound");
    }
}
