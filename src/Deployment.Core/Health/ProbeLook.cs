namespace Deployment.Health;

/// <summary>Takes one look with a limit, and makes a sentence of whatever goes wrong.</summary>
internal static class ProbeLook
{
    /// <summary>Null when all is well.</summary>
    internal static async Task<string?> TakeAsync(HealthProbe probe, CheckContext context, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, context.TimeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await probe.TryAsync(context, stop.Token);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception) when (limit.IsCancellationRequested)
        {
            return $"There was no answer within {HealthWording.Of(timeout)}.";
        }
        catch (Exception exception)
        {
            return HealthWording.Of(exception);
        }
    }
}
