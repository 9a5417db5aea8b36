namespace Deployment.Health;

/// <summary>One look at a revision. <see cref="HealthCheck"/> and <see cref="SmokeTest"/> decide how often to look.</summary>
public abstract class HealthProbe
{
    /// <summary>What a person reads and types. Pure: it is called while planning.</summary>
    /// <param name="subject">What is looked at.</param>
    /// <param name="timeout">How long one look may take.</param>
    public abstract CheckDescription Describe(CheckSubject subject, TimeSpan timeout);

    /// <summary>Looks once.</summary>
    /// <param name="context">What it may use.</param>
    /// <param name="cancellationToken">Cancelled when the look takes too long or nobody waits any more; it must end soon then.</param>
    /// <returns>Null when all is well; else one sentence that says what was wrong, with its number. An exception counts as that sentence.</returns>
    public abstract Task<string?> TryAsync(CheckContext context, CancellationToken cancellationToken);
}
