namespace Deployment.Routing;

/// <summary>The page to answer everything with; null to serve again.</summary>
internal sealed record RoutingMaintenanceArguments(MaintenancePage? Page = null);
