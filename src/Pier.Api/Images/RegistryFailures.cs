using Pier.Model;

namespace Pier.Api.Images;

/// <summary>
/// A registry that is not there, in an answer of this engine: 503 would say that the engine is not there. Docker says 500.
/// </summary>
static class RegistryFailures
{
    public static async Task AsOurs(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (UnavailableException e)
        {
            throw new HostFailureException(e.Message, e);
        }
    }
}
