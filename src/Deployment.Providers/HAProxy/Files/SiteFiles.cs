using Deployment.Commands;
using Deployment.Providers.HAProxy.Runtime;
using Deployment.Providers.HAProxy.Sites;

namespace Deployment.Providers.HAProxy.Files;

/// <summary>The files from which HAProxy comes back as it was.</summary>
internal sealed class SiteFiles(HAProxyOptions options, RuntimeAddress address, SitePaths paths)
{
    private static readonly TimeSpan _checkTime = TimeSpan.FromSeconds(30);
    private readonly ConfigurationText _configuration = new(options, paths);

    public ConfigurationText Configuration => _configuration;

    /// <summary>
    /// Writes what the site is to follow, the configuration first: it has all servers that the map before it and the one after it name. With a runner it is
    /// checked by HAProxy before it takes its place, where that program is there.
    /// </summary>
    /// <exception cref="DeploymentException">It can't be written, or HAProxy doesn't take it.</exception>
    public async Task WriteAsync(SiteState state, ICommandRunner? commands, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(paths.Folder);
            SiteFile.Write(paths.Latency, LatencyBuckets.Map);
            SiteFile.Write(paths.Lua, Scripts.Lua(options.Site, paths));
            SiteFile.Write(paths.Script, Scripts.ByHand(options, address, paths, _configuration.Servers));
            string text = _configuration.Write(state);
            if (SiteFile.Read(paths.Configuration) != text)
            {
                await TryAsync(text, commands, cancellationToken);
                SiteFile.Write(paths.Configuration, text);
            }

            SiteFile.Write(paths.Names, Lines(StateText.WriteNames(options.Site, state)));
            SiteFile.Write(paths.Map, Lines(StateText.Write(options.Site, state)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"The files of the site {options.Site} can't be written in '{paths.Folder}': {Text.Printable(error.Message)} A reload of HAProxy would bring back what they say. Let the deployer write there.", error);
        }
    }

    /// <summary>Writes the file that HAProxy starts with, if there is none.</summary>
    public void WriteStart()
    {
        if (!File.Exists(paths.Start))
        {
            SiteFile.Write(paths.Start, ConfigurationText.Start(address));
        }
    }

    /// <summary>What the files say; null where there is no map.</summary>
    public SiteState? Read()
    {
        try
        {
            return SiteFile.Read(paths.Map) is { } text ? StateText.Read(options.Site, text.Split('\n'), $"in '{paths.Map}'") : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentException($"'{paths.Map}' can't be read: {Text.Printable(error.Message)}", error);
        }
    }

    /// <summary>Why nothing can be written; null when it can.</summary>
    public string? Problem()
    {
        string trial = paths.Lock + ".try";
        try
        {
            File.WriteAllText(trial, "");
            File.Delete(trial);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"The folder '{paths.Folder}' can't be written ({Text.Printable(error.Message)}), so a switch would not outlive a reload of HAProxy: let the deployer write there.";
        }
    }

    /// <summary>Has HAProxy check configurations.</summary>
    public async Task CheckAsync(ICommandRunner commands, IEnumerable<string> files, CancellationToken cancellationToken)
    {
        Command check = Command.Of(Found() ?? options.Program, ["-c", .. files.SelectMany(file => new[] { "-f", file })]) with { Timeout = _checkTime };
        (await commands.RunAsync(check, null, cancellationToken)).EnsureSuccess(check);
    }

    private async Task TryAsync(string text, ICommandRunner? commands, CancellationToken cancellationToken)
    {
        // The configuration names the maps, which must be there.
        foreach (string map in new[] { paths.Map, paths.Names }.Where(map => !File.Exists(map)))
        {
            SiteFile.Write(map, "");
        }

        if (commands is not null && Found() is not null)
        {
            await CheckAsync(commands, [SiteFile.WriteBeside(paths.Configuration, text)], cancellationToken);
        }
    }

    // Servers live where users' shells often don't look.
    private string? Found() => options.Program.Contains('/', StringComparison.Ordinal)
        ? (File.Exists(options.Program) ? options.Program : null)
        : $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, options.Program)).FirstOrDefault(File.Exists);

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
