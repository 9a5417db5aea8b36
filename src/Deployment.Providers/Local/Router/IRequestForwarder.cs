using Microsoft.AspNetCore.Http;

namespace Deployment.Providers.Local.Router;

/// <summary>Hands one request to one instance and its answer back to the client.</summary>
internal interface IRequestForwarder
{
    /// <summary>Forwards a request. It never repeats one, and it leaves the answer untouched unless it says that the client has seen something.</summary>
    Task<ForwardOutcome> ForwardAsync(HttpContext context, Uri instance);
}
