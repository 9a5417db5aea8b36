using Deployment.Routing;

namespace Deployment.Providers.Local.Protocol;

/// <summary>What every request of a target is answered, with status 503, until it is taken back.</summary>
internal sealed record MaintenanceRequest
{
    public const int LongestPage = 256 * 1024;

    /// <summary>The page.</summary>
    public required string Html { get; init; }

    /// <summary>When clients may come again.</summary>
    public int RetryAfterSeconds { get; set; } = 60;

    public static MaintenanceRequest Of(MaintenancePage page) => new() { Html = page.Html, RetryAfterSeconds = (int)page.RetryAfter.TotalSeconds };

    public IEnumerable<string> Problems()
    {
        if (Html is null || Html.Length > LongestPage)
        {
            yield return $"The maintenance page must be text of at most {LongestPage} characters.";
        }

        if (RetryAfterSeconds is < 1 or > 86_400)
        {
            yield return $"Clients can't be told to come again after {RetryAfterSeconds} seconds: take 1 to 86400.";
        }
    }
}
