using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local;

/// <summary>What users see while an application is in maintenance: an HTML page with status 503 and <c>Retry-After</c>.</summary>
public sealed record MaintenancePage
{
    /// <summary>Creates a page.</summary>
    /// <param name="html">The page, at most 262,144 characters.</param>
    /// <exception cref="DeploymentException">It is longer.</exception>
    public MaintenancePage(string html)
    {
        ArgumentNullException.ThrowIfNull(html);
        Html = html.Length <= MaintenanceRequest.LongestPage
            ? html
            : throw new DeploymentException($"The maintenance page has {html.Length} characters; {MaintenanceRequest.LongestPage} is the most. Move images and styles to another server.");
    }

    /// <summary>The page.</summary>
    public string Html { get; }

    /// <summary>When clients are told to come again: 1 second to a day, in whole seconds. Default a minute.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Reads a page from a file, as UTF-8.</summary>
    /// <exception cref="DeploymentException">It can't be read, or is longer than 262,144 characters.</exception>
    public static async Task<MaintenancePage> FromFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return new(await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"The maintenance page can't be read: {error.Message}", error);
        }
    }

    internal MaintenanceRequest Request()
    {
        var request = new MaintenanceRequest { Html = Html, RetryAfterSeconds = (int)Math.Ceiling(RetryAfter.TotalSeconds) };
        string[] problems = [.. request.Problems()];
        return problems.Length == 0 ? request : throw new DeploymentValidationException("The maintenance page", problems);
    }
}
