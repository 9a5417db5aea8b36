namespace Deployment.Providers.Local.Client;

/// <summary>The supervisor's resources, for the client and for the lines that people paste.</summary>
internal static class SupervisorPaths
{
    public static string EpochOf(string application) => $"/epoch?application={Escape(application)}";

    public static string EpochAt(string target) => $"/epoch?target={Escape(target)}";

    public static string Target(string target) => $"/targets/{Escape(target)}";

    public static string Clear(string target, string application) => $"{Target(target)}?application={Escape(application)}";

    public static string Others(string target, string application, string kept) =>
        $"{Target(target)}/revisions?application={Escape(application)}&except={Escape(kept)}";

    public static string Revision(string target, string revision) => $"{Target(target)}/revisions/{Escape(revision)}";

    public static string Secret(string target, string revision, string variable) => $"{Revision(target, revision)}/secrets/{Escape(variable)}";

    public static string Address(string target, string revision) => $"{Revision(target, revision)}/address";

    public static string Addresses(string target, string revision) => $"{Revision(target, revision)}/addresses";

    public static string Route(string target) => $"{Target(target)}/route";

    public static string Slots(string target, string? application) => $"{Target(target)}/slots{(application is null ? "" : "?application=" + Escape(application))}";

    public static string Duty(string target, string? application) => $"{Target(target)}/duty{(application is null ? "" : "?application=" + Escape(application))}";

    public static string Maintenance(string target) => $"{Target(target)}/maintenance";

    public static string Mirror(string target) => $"{Target(target)}/mirror";

    public static string Pause(string target) => $"{Target(target)}/pause";

    public static string Renew(int port) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/routers/{port}/renew");

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
