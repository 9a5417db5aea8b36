using System.Text.Json.Serialization;

namespace Deployment.Routing;

/// <summary>What users see while an application is in maintenance: an HTML page with status 503 and <c>Retry-After</c>.</summary>
public sealed record MaintenancePage
{
    private const int LongestPage = 256 * 1024;
    private static readonly TimeSpan _latest = TimeSpan.FromDays(1);
    private readonly TimeSpan _retryAfter = TimeSpan.FromMinutes(1);

    /// <summary>Creates a page.</summary>
    /// <param name="html">The page, at most 262,144 characters; a router may take less, and then says so.</param>
    /// <exception cref="DeploymentException">It is longer.</exception>
    [JsonConstructor]
    public MaintenancePage(string html)
    {
        ArgumentNullException.ThrowIfNull(html);
        Html = html.Length <= LongestPage
            ? html
            : throw new DeploymentException($"The maintenance page has {html.Length} characters; {LongestPage} is the most. Move images and styles to another server.");
    }

    /// <summary>The page.</summary>
    public string Html { get; }

    /// <summary>When clients are told to come again: 1 second to a day, rounded up to whole seconds. Default a minute.</summary>
    /// <exception cref="DeploymentException">It is outside that range.</exception>
    public TimeSpan RetryAfter
    {
        get => _retryAfter;
        init => _retryAfter = value > TimeSpan.Zero && value <= _latest ? TimeSpan.FromSeconds(Math.Ceiling(value.TotalSeconds)) : throw new DeploymentException($"Clients can't be told to come again after {value}: take 1 second to a day.");
    }

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
}
