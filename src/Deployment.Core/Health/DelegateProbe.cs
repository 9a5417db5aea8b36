namespace Deployment.Health;

/// <summary>A look by the user's own code. It is left behind when it doesn't end in time.</summary>
internal sealed class DelegateProbe(string expected, Func<CheckContext, CancellationToken, Task<string?>> look) : HealthProbe
{
    /// <inheritdoc/>
    public override CheckDescription Describe(CheckSubject subject, TimeSpan timeout) => new([], expected);

    /// <inheritdoc/>
    public override Task<string?> TryAsync(CheckContext context, CancellationToken cancellationToken) =>
        look(context, cancellationToken).WaitAsync(cancellationToken);
}
