using Deployment.Commands;
using Deployment.Providers.Local.Hosting;
using Deployment.Releases;
using Deployment.Runbooks;

namespace Deployment.Providers.Local.Verbs;

/// <summary>What a person needs for the lines of the verbs.</summary>
internal sealed class ByHand(StateFolder folder, CurlLines lines)
{
    internal IReadOnlyList<Prerequisite> Prerequisites() => [Place(), Supervisor()];

    private Prerequisite Place() => new(
        $"Be the user {Naming.Printable(Environment.UserName)} on the machine {Naming.Printable(Environment.MachineName)}: {PathText.Of(folder.Path)} and the sockets in it are that user's alone. curl 7.76 or newer must be installed.",
        []);

    private Prerequisite Supervisor()
    {
        string text = $"The supervisor of {PathText.Of(folder.Path)} must run. Deployments start it and leave it running;";
        try
        {
            HostCommand host = HostFiles.Locate(folder);
            string[] words = [host.Dotnet, .. host.Arguments("supervisor", folder.Path)];
            return new Prerequisite(
                $"{text} where curl can't connect, start it. The files that it is started from are there once a deployment from this build has begun its first step here.",
                [
                    $"nohup {string.Join(' ', words.Select(CommandLine.Quote))} >>{CommandLine.Quote(folder.SupervisorLog)} 2>&1 </dev/null &",
                    lines.UntilAnswered(),
                ]);
        }
        catch (DeploymentException error)
        {
            // The first step fails with the same words; a plan can still be printed.
            return new Prerequisite($"{text} from here it can't be started. {error.Message}", []);
        }
    }
}
