namespace Deployment.Providers.HAProxy.Files;

/// <summary>The files of a site.</summary>
internal sealed class SitePaths(string folder, string site)
{
    public string Folder => folder;

    /// <summary>What a new HAProxy starts with.</summary>
    public string Start => $"{folder}/haproxy.cfg";

    public string Configuration => $"{folder}/{site}.cfg";

    /// <summary>The site's state; HAProxy knows the map by this path.</summary>
    public string Map => $"{folder}/{site}.map";

    /// <summary>Which lane testers reach by the id of a revision.</summary>
    public string Names => $"{folder}/{site}.names";

    public string Latency => $"{folder}/{site}.latency";

    public string Lua => $"{folder}/{site}.lua";

    public string Script => $"{folder}/{site}.sh";

    public string Lock => $"{folder}/{site}.lock";
}
