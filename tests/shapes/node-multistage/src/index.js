console.log('served');
