using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Deployment.Commands;
using Deployment.Providers.Local.Client;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Releases;

namespace Deployment.Providers.Local.Verbs;

/// <summary>The requests of a verb as lines that a person can paste.</summary>
internal sealed class CurlLines(StateFolder folder)
{
    private static readonly LocalJson Printed = new(new JsonSerializerOptions(LocalJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public string EpochOf(string application) => $"EPOCH=$({Get(SupervisorPaths.EpochOf(application))})";

    public string EpochAt(string target) => $"EPOCH=$({Get(SupervisorPaths.EpochAt(target))})";

    public string Get(string path) => $"{Curl} {CommandLine.Quote("http://local" + path)}";

    /// <summary>Asks somebody else than the supervisor.</summary>
    public static string Ask(string socket, string path) => $"curl -sS --fail-with-body --unix-socket {CommandLine.Quote(socket)} {CommandLine.Quote("http://local" + path)}";

    /// <summary>Waits until a supervisor that was just started answers.</summary>
    public string UntilAnswered() => $"curl -sS --fail-with-body --retry 20 --retry-delay 1 --retry-all-errors --unix-socket {CommandLine.Quote(folder.SupervisorSocket)} http://local/status";

    public string Delete(string path) => $"{Curl} -X DELETE {EpochHeader} {CommandLine.Quote("http://local" + path)}";

    public string Install(string target, string revision, InstallRequest request) => Put(SupervisorPaths.Revision(target, revision), request, Printed.InstallRequest);

    public string Route(string target, RouteRequest request) => Put(SupervisorPaths.Route(target), request, Printed.RouteRequest);

    public string Slots(string target, string? application, SlotsRequest request) => Put(SupervisorPaths.Slots(target, application), request, Printed.SlotsRequest);

    public string Duty(string target, string? application, string? revision) =>
        Put(SupervisorPaths.Duty(target, application), new DutyRequest { Revision = revision }, Printed.DutyRequest);

    public string Mirror(string target, MirrorRequest mirror) => Put(SupervisorPaths.Mirror(target), mirror, Printed.MirrorRequest);

    public string Maintenance(string target, MaintenanceRequest page) => Put(SupervisorPaths.Maintenance(target), page, Printed.MaintenanceRequest);

    /// <summary>The value comes from a variable of the person's shell and goes through a pipe, so that no command line ever shows it.</summary>
    public IEnumerable<string> Secret(string target, string revision, string variable, string secretName)
    {
        string shell = ShellName(variable);
        yield return $"# Set {shell} to the secret {CommandLine.Quote(Naming.Printable(secretName))} first.";
        // Asked for before the pipe: within it only that part would end, and an empty secret be sent.
        yield return $": \"${{{shell}:?}}\" && printf %s \"${shell}\" | {Curl} -X PUT {EpochHeader} --data-binary @- {CommandLine.Quote("http://local" + SupervisorPaths.Secret(target, revision, variable))}";
    }

    private string Curl => $"curl -sS --fail-with-body --unix-socket {CommandLine.Quote(folder.SupervisorSocket)}";

    private static string EpochHeader => $"-H \"{SupervisorApi.EpochHeader}: $EPOCH\"";

    private static string ShellName(string variable)
    {
        string name = string.Concat(variable.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return char.IsAsciiDigit(name[0]) ? "_" + name : name;
    }

    private string Put<T>(string path, T body, JsonTypeInfo<T> type) =>
        $"{Curl} -X PUT {EpochHeader} -d {CommandLine.Quote(JsonSerializer.Serialize(body, type))} {CommandLine.Quote("http://local" + path)}";
}
