using System.Globalization;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>What an instance is given of its own, and how it is told.</summary>
/// <param name="Port">Where it listens; 0 for a worker.</param>
/// <param name="ReleaseFolder">Where its package was unpacked; null without one.</param>
/// <param name="HeartbeatFile">The file that it touches to show that it is well; null when it needn't.</param>
internal sealed record InstancePlace(int Port, string? ReleaseFolder, string? HeartbeatFile)
{
    public const string Release = "{release}";

    /// <summary>A text with the place's values; what the instance has none of stays as it is.</summary>
    public string Fill(string text)
    {
        string filled = Port > 0 ? text.Replace("{port}", Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) : text;
        filled = ReleaseFolder is null ? filled : filled.Replace(Release, ReleaseFolder, StringComparison.Ordinal);
        return HeartbeatFile is null ? filled : filled.Replace("{heartbeat}", HeartbeatFile, StringComparison.Ordinal);
    }
}
