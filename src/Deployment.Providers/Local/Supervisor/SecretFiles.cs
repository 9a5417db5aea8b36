using System.Collections.Immutable;
using Deployment.Providers.Local.Hosting;
using Deployment.Providers.Local.Protocol;
using Deployment.Store.Files;

namespace Deployment.Providers.Local.Supervisor;

/// <summary>
/// The secrets of the revisions, each revision's in a file of its own that only this user can read. They have to be somewhere:
/// a crashed instance is started again when no deployer is there to ask.
/// </summary>
internal sealed class SecretFiles(StateFolder folder)
{
    private readonly Lock _writing = new();

    public void Put(string target, string revision, string variable, string value)
    {
        string path = folder.Secrets(target, revision);
        lock (_writing)
        {
            StateFolder.Create(Path.GetDirectoryName(path)!);
            Dictionary<string, string> all = StateFile.Read(path, LocalJson.Default.DictionaryStringString) ?? [];
            all[variable] = value;
            StateFile.Write(path, all, LocalJson.Default.DictionaryStringString);
        }
    }

    /// <summary>The values of the variables.</summary>
    /// <exception cref="DeploymentException">One was not put; the message names it.</exception>
    public ImmutableSortedDictionary<string, string> Get(string target, string revision, IEnumerable<string> variables)
    {
        Dictionary<string, string> all = StateFile.Read(folder.Secrets(target, revision), LocalJson.Default.DictionaryStringString) ?? [];
        string[] missing = [.. variables.Where(variable => !all.ContainsKey(variable))];
        return missing.Length > 0
            ? throw new DeploymentException($"The secrets {string.Join(", ", missing)} of {revision} were not given: PUT each to /targets/{target}/revisions/{revision}/secrets/VARIABLE first.")
            : variables.ToImmutableSortedDictionary(variable => variable, variable => all[variable], StringComparer.Ordinal);
    }

    public void Forget(string target, string revision)
    {
        string path = folder.Secrets(target, revision);
        lock (_writing)
        {
            if (File.Exists(path))
            {
                AtomicFile.Delete(path);
            }
        }
    }
}
