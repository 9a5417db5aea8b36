using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Health;

/// <summary>A look by a health check of Microsoft.Extensions.Diagnostics.HealthChecks. It is left behind when it doesn't end in time.</summary>
internal sealed class RegisteredHealthProbe(string name, IHealthCheck check, bool allowDegraded) : HealthProbe
{
    /// <inheritdoc/>
    public override CheckDescription Describe(CheckSubject subject, TimeSpan timeout) =>
        new([], $"'{name}' is healthy{(allowDegraded ? " or degraded" : "")}");

    /// <inheritdoc/>
    public override async Task<string?> TryAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var asked = new HealthCheckContext { Registration = new HealthCheckRegistration(name, check, HealthStatus.Unhealthy, tags: null) };
        HealthCheckResult result = await check.CheckHealthAsync(asked, cancellationToken).WaitAsync(cancellationToken);
        if (result.Status == HealthStatus.Healthy || (allowDegraded && result.Status == HealthStatus.Degraded))
        {
            return null;
        }

        string?[] said = [result.Description is { } text ? HealthWording.OneLine(text) : null, result.Exception is { } exception ? HealthWording.Of(exception) : null];
        return $"'{name}' is {(result.Status == HealthStatus.Degraded ? "degraded" : "unhealthy")}. {string.Join(' ', said.OfType<string>())}".TrimEnd();
    }
}
