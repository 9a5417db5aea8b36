using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Verbs;

/// <summary>The page to answer everything with; null to serve again.</summary>
internal sealed record MaintenanceArguments
{
    public MaintenanceRequest? Page { get; set; }
}
