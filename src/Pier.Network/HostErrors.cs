using Pier.Linux;
using Pier.Model;

namespace Pier.Network;

/// <summary>The room's border: what the kernel refused becomes an <see cref="EngineException"/>.</summary>
static class HostErrors
{
    /// <summary>Runs kernel work; a refusal becomes "WHAT: call subject: errno text".</summary>
    public static T Translate<T>(string what, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (LinuxException e)
        {
            throw new HostFailureException($"{what}: {e.Message}", e);
        }
    }

    public static void Translate(string what, Action work) =>
        Translate(
            what,
            () =>
            {
                work();
                return true;
            }
        );
}
