using System.Globalization;
using Deployment.Commands;
using Deployment.Providers.Docker.Cli;
using Deployment.Providers.Docker.Containers;
using Deployment.Providers.Docker.Images;
using Deployment.Releases;
using Deployment.Routing;

namespace Deployment.Providers.Docker.Verbs;

/// <summary>What a person types to do the same by hand.</summary>
internal sealed class DockerLines(string target, DockerTargetOptions options, int? publishedPort, bool isRouted)
{
    // Stand in the arguments for what the shell puts there. No argument can have a NUL in it.
    private const string SlotMark = "\0SLOT\0";
    private const string PortMark = "\0PORT\0";

    /// <summary>Fetches the image and makes the missing containers for slots, with their secrets. Nothing runs by that.</summary>
    public IReadOnlyList<string> Make(RevisionId revision, ContainerSpec spec, IReadOnlyList<string> slots, Func<string, DockerHost> hostOf)
    {
        string[] make = [.. slots.GroupBy(hostOf).SelectMany(host => Make(revision, spec, [.. host], host.Key))];
        return spec.Secrets.Count == 0 ? make : AsOne([.. SecretsIn(spec), .. make]);
    }

    /// <summary>One command for the shell: where a line fails the rest isn't done, also when it was pasted.</summary>
    public static IReadOnlyList<string> AsOne(params IEnumerable<string> lines) => ["(", "set -e", .. lines, ")"];

    /// <summary>Starts what was made.</summary>
    public IReadOnlyList<string> Start(RevisionId revision, ContainerSpec spec, IReadOnlyList<string> slots, Func<string, DockerHost> hostOf) =>
        [.. slots.GroupBy(hostOf).Select(host => ForSlots([.. host], $"{Docker(host.Key)} start {Word(Of(revision, spec, host.Key).Name)}"))];

    /// <summary>Ends the containers of a revision, or of all, and keeps them ended.</summary>
    public IReadOnlyList<string> Stop(IEnumerable<string> filters) => [.. options.Hosts.Select(host =>
        $"IDS=$({Ids(host, filters)}) && for ID in $IDS; do {Docker(host)} update --restart=no \"$ID\" && {Docker(host)} stop -t {Grace} \"$ID\"; done")];

    /// <summary>Ends and removes all containers.</summary>
    public IReadOnlyList<string> Clear() => [.. options.Hosts.Select(host =>
        $"IDS=$({Ids(host, [])}) && for ID in $IDS; do {Docker(host)} update --restart=no \"$ID\" && {Docker(host)} stop -t {Grace} \"$ID\" && {Docker(host)} rm --volumes \"$ID\"; done")];

    /// <summary>Has Docker start the running containers of revisions again, and notes that they have users.</summary>
    public IReadOnlyList<string> Keep(params IEnumerable<RevisionId> revisions) => [.. options.Hosts.SelectMany(host => revisions.Select(revision =>
        $"IDS=$({Line(host, "ps", "--quiet", "--filter", Filter(ContainerLabels.Target, target), "--filter", Filter(ContainerLabels.Revision, revision.ToString()))}) && for ID in $IDS; do {Docker(host)} update --restart={options.RestartPolicy} {ContainerLabels.Served} \"$ID\"; done"))];

    /// <summary>Has Docker leave ended what is of no such revision.</summary>
    public IReadOnlyList<string> LetGo(IReadOnlyList<RevisionId> serving) => [.. options.Hosts.Select(host => ForOthers(host, serving, $"{Docker(host)} update --restart=no \"$ID\""))];

    /// <summary>Both, around a switch of the router.</summary>
    public ServingCommands Serving(IReadOnlyList<RevisionId> serving) => new(Keep(serving), LetGo(serving));

    /// <summary>Ends what is of another revision, of all slots or of one, and keeps it ended.</summary>
    public IReadOnlyList<string> StopOthers(RevisionId revision, string? slot = null) =>
        [.. options.Hosts.Select(host => ForOthers(host, [revision], $"{Docker(host)} update --restart=no \"$ID\" && {Docker(host)} stop -t {Grace} \"$ID\"", slot))];

    /// <summary>Shows the target's containers.</summary>
    public IReadOnlyList<string> Show() => [.. options.Hosts.Select(host => DockerCli.Line(host, options.Program, "ps", "--all", "--filter", Filter(ContainerLabels.Target, target)).ToString())];

    /// <summary>A command that prints the addresses of a revision's running containers.</summary>
    public string Addresses(RevisionId revision) => string.Join("; ", options.Hosts.Select(host => DockerCli.Line(
        host,
        options.Program,
        "ps",
        "--filter",
        Filter(ContainerLabels.Target, target),
        "--filter",
        Filter(ContainerLabels.Revision, revision.ToString()),
        "--format",
        $$$"""{{.Label "{{{ContainerLabels.Address}}}"}}""").ToString()));

    public static string Filter(string label, string value) => $"label={label}={value}";

    private string ForOthers(DockerHost host, IReadOnlyList<RevisionId> revisions, string then, string? slot = null)
    {
        string[] ofSlot = slot is null ? [] : ["--filter", Filter(ContainerLabels.Slot, slot)];
        string each = Line(host, ["ps", "--all", "--filter", Filter(ContainerLabels.Target, target), .. ofSlot, "--format", $$$"""{{.ID}}={{.Label "{{{ContainerLabels.Revision}}}"}}"""]);
        // A revision's name has nothing that a pattern of the shell could mean something else by.
        return revisions.Count == 0
            ? $"FOUND=$({each}) && for EACH in $FOUND; do ID=${{EACH%%=*}}; {then}; done"
            : $"FOUND=$({each}) && for EACH in $FOUND; do ID=${{EACH%%=*}}; case \"${{EACH#*=}}\" in {string.Join('|', revisions)}) ;; *) {then} ;; esac; done";
    }

    private string Line(DockerHost host, params string[] arguments) => DockerCli.Line(host, options.Program, arguments).ToString();

    private string Grace => ((int)Math.Ceiling(options.StopGrace.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private IEnumerable<string> Make(RevisionId revision, ContainerSpec spec, string[] slots, DockerHost host)
    {
        ImageReference reference = DockerOperations.ReferenceOf(spec.Image);
        // What was built on the host has no digest in a registry: it is run by its id.
        string image = spec.Pull == ImagePull.Never ? $"sha256:{spec.Sha256}" : reference.ByDigest(spec.Sha256);
        if (spec.Pull != ImagePull.Never)
        {
            yield return $"{Docker(host)} pull {CommandLine.Quote(image)}";
        }

        ContainerCreation creation = Of(revision, spec, host);
        string name = Word(creation.Name);
        string create = string.Join(' ', creation.Arguments(image, publishedPort?.ToString(CultureInfo.InvariantCulture) ?? (isRouted ? PortMark : null), "0").Select(Word).Prepend(Docker(host)));
        string[] steps = [.. isRouted ? new[] { FreePort(host) } : [], create, .. spec.Networks.Skip(1).Select(network => $"{Docker(host)} network connect {network} {name}")];
        yield return ForSlots(slots, $"{Docker(host)} container inspect {name} > /dev/null 2>&1 || {{ {string.Join("; ", steps)}; }}");
        if (spec.Secrets.Count > 0)
        {
            // Also into what is there already and doesn't run: whoever made it may have come no further.
            yield return ForSlots(slots, $"[ \"$({Docker(host)} container inspect --format '{{{{.State.Running}}}}' {name})\" = true ] || {Docker(host)} cp - {name}:{CommandLine.Quote(spec.SecretsFolder)} < \"$SECRETS\".tar");
        }
    }

    private ContainerCreation Of(RevisionId revision, ContainerSpec spec, DockerHost host) => new() { Target = target, Revision = revision, Slot = SlotMark, Host = host, Spec = spec };

    private static string ForSlots(string[] slots, string then) => $"for SLOT in {string.Join(' ', slots)}; do {then}; done";

    private static IEnumerable<string> SecretsIn(ContainerSpec spec) =>
    [
        "SECRETS=$(mktemp -d)",
        "trap 'rm -rf \"$SECRETS\" \"$SECRETS\".tar' EXIT",
        "trap 'exit 1' HUP INT TERM",
        .. spec.Secrets.SelectMany(secret => new[]
        {
            $"# Set {ShellName(secret.Key)} to the secret {CommandLine.Quote(Naming.Printable(secret.Value))} first.",
            $"printf %s \"${{{ShellName(secret.Key)}:?}}\" > \"$SECRETS\"/{CommandLine.Quote(secret.Key)}",
        }),
        // The application may be another user; who isn't root on the host reaches neither the container's volumes nor this folder.
        "chmod 444 \"$SECRETS\"/*",
        "( umask 077 && tar -C \"$SECRETS\" -cf \"$SECRETS\".tar . )",
    ];

    private static string ShellName(string variable) => char.IsAsciiDigit(variable[0]) ? "_" + variable : variable;

    private string FreePort(DockerHost host) =>
        $"PORT={options.FirstPort}; while {Docker(host)} ps --all --format '{{{{.Label \"{ContainerLabels.Port}\"}}}}' | grep -qx \"$PORT\"; do PORT=$((PORT + 1)); done";

    private static string Word(string argument) => string.Join(
        "\"$SLOT\"",
        argument.Split(SlotMark).Select(part => string.Join("\"$PORT\"", part.Split(PortMark).Select(plain => plain.Length == 0 ? "" : CommandLine.Quote(plain)))));

    private string Ids(DockerHost host, IEnumerable<string> filters) => DockerCli.Line(
        host, options.Program, ["ps", "--all", "--quiet", "--filter", Filter(ContainerLabels.Target, target), .. filters.SelectMany(filter => new[] { "--filter", filter })]).ToString();

    private string Docker(DockerHost host) => DockerCli.Line(host, options.Program).ToString();
}
